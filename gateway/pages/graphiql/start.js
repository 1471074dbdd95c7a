// Starts GraphiQL on the address the page was opened at, with the example the page carries.
'use strict';
(function () {
  var place = document.getElementById('graphiql');
  var fetcher = GraphiQL.createFetcher({ url: window.location.pathname });
  var page = React.createElement(GraphiQL, {
    fetcher: fetcher,
    defaultQuery: place.dataset.example,
    shouldPersistHeaders: false,
  });
  ReactDOM.createRoot(place).render(page);
})();
