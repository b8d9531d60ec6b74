// Starts GraphiQL against the server that this page came from.
"use strict";

const firstQuery = `# Sign in with an account of the demo board.
# Then put the access token into the Headers pane:
# {"Authorization": "Bearer <token>"}

mutation SignIn {
  sessionCreate(input: {email: "", password: ""}) {
    tokens {
      accessToken
    }
    userErrors {
      code
      message
    }
  }
}
`;

const page = React.createElement(GraphiQL, {
  fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
  defaultQuery: firstQuery,
  defaultEditorToolsVisibility: "headers",
  // A token must not outlive the tab.
  shouldPersistHeaders: false,
});

ReactDOM.createRoot(document.getElementById("graphiql")).render(page);
