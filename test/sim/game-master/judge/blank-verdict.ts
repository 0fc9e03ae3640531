/**
 * A verdict that says yes to what no verb does: tests change the fields that they are about.
 */
export const blankVerdict = {
  ...{ does: 'other', verb: '', target: '', thing: '', amount: 0, price: 0, text: '' },
  ...{ succeeds: 1, code: 'PLAUSIBLE', why: '' },
};
