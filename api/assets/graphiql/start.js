// Starts GraphiQL against the server that this page came from.
"use strict";

const firstQuery = `# Glans speaks GraphQL. Sign in with an account of the demo board, then put the access token
# into the Headers pane below, as {"Authorization": "Bearer <token>"}.

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
