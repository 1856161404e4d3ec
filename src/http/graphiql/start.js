// Starts GraphiQL against the API of the same host. Headers typed into its editor go with every request, and with the
// introduction of a socket; they are kept in memory only, so a token does not outlive the page.
"use strict";

const api = new URL("/graphql", window.location.href);
const socket = new URL(api);
socket.protocol = api.protocol === "https:" ? "wss:" : "ws:";

const fetcher = GraphiQL.createFetcher({ url: api.href, subscriptionUrl: socket.href });

const welcome = `# Ask the API of Consilium. Ctrl-Space completes, Ctrl-Enter sends.
# To ask as somebody, open "Headers" below and paste their token:
#   { "Authorization": "Bearer ..." }
{
  __typename
}
`;

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher,
    defaultQuery: welcome,
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false,
    defaultEditorToolsVisibility: "headers",
    inputValueDeprecation: true,
    schemaDescription: true,
  }),
);
