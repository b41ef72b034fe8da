// A question that opens beside its button gets the focus, on the answer that does nothing, and gives it back.
// The library leaves it on the button, and the answers stand at the end of the page: nobody tabs there.

const OPEN = ".ant-popconfirm:not(.ant-popover-hidden)";
let before = null;

/** For `afterOpenChange`. */
export function focusQuestion(open) {
  if (open) {
    const answer = [...document.querySelectorAll(`${OPEN} .ant-popconfirm-buttons button`)].find((each) => each.checkVisibility());
    if (!answer) return;
    if (!answer.contains(document.activeElement)) before = document.activeElement;
    answer.focus();
    return;
  }
  const now = document.activeElement;
  // Whoever went elsewhere stays there.
  if (before?.isConnected && (!now || now === document.body || now.closest(".ant-popconfirm"))) before.focus();
  before = null;
}
