// The pay page works without this; with it, test cards fill in place and the number is grouped while typing.
const form = document.querySelector('form.pay');

const grouped = (text, size, separator) =>
  (text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join(separator);

const formats = {
  number: (digits) => grouped(digits.slice(0, 19), 4, ' '),
  expiry: (digits) => grouped(digits.slice(0, 4), 2, ' / '),
  cvc: (digits) => digits.slice(0, 4),
};

if (form) {
  for (const [name, format] of Object.entries(formats)) {
    const field = form.elements.namedItem(name);
    field?.addEventListener('input', () => {
      // Only while typing at the end: a caret in the middle must not jump.
      if (field.selectionStart === field.value.length) field.value = format(field.value.replace(/\D/g, ''));
    });
  }

  for (const button of form.querySelectorAll('button[data-number]')) {
    button.addEventListener('click', (event) => {
      event.preventDefault();
      const fill = { number: button.dataset.number, expiry: '12 / 34', cvc: '123' };
      for (const [name, value] of Object.entries(fill)) form.elements.namedItem(name).value = value;
      const name = form.elements.namedItem('name');
      name.value ||= 'Jenny Rosen';
      form.querySelector('button.primary').focus();
    });
  }

  form.addEventListener('submit', (event) => {
    const pressed = event.submitter;
    if (!pressed?.classList.contains('primary')) return;
    pressed.textContent = 'Processing…';
    // Once it is on its way: what is disabled before is not sent, and its name says what was pressed.
    setTimeout(() => pressed.setAttribute('disabled', ''));
  });
  // Coming back with the browser's Back button must not leave it disabled.
  addEventListener('pageshow', (event) => event.persisted && location.reload());
}
