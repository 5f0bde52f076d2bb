// Shows the API's document. `validatorUrl` would load a badge from another host.
SwaggerUIBundle({
  url: '/api/openapi.json',
  dom_id: '#operations',
  // Its own addresses begin with `#/`; from any other it would scroll away.
  deepLinking: !location.hash || location.hash.startsWith('#/'),
  docExpansion: 'list',
  defaultModelsExpandDepth: 0,
  filter: true,
  validatorUrl: null,
});

// The type of a problem is an address on this page, such as `/api/docs#auth.required`.
function openProblem() {
  const target = document.getElementById(location.hash.slice(1));
  const problems = target?.closest('#problems');
  if (!problems) return;
  problems.open = true;
  target.scrollIntoView();
}
addEventListener('hashchange', openProblem);
openProblem();
