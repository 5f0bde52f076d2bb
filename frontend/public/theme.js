// Before the first paint: the colour scheme the visitor chose, if they chose one.
try {
  const theme = localStorage.getItem('vitrine.theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch {}
