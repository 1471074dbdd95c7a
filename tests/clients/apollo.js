// Apollo Client: pages of a list joined in its cache, and an answer that is partly forbidden.
// Arguments: address, schema file.
import { readFileSync } from 'node:fs';
import { ApolloClient, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import { buildSchema, isAbstractType } from 'graphql';

const [address, schemaFile] = process.argv.slice(2);
const graph = buildSchema(readFileSync(schemaFile, 'utf8'));
const abstract = Object.values(graph.getTypeMap()).filter(isAbstractType);
const possibleTypes = Object.fromEntries(
  abstract.map((type) => [type.name, graph.getPossibleTypes(type).map((each) => each.name)]),
);

const client = new ApolloClient({
  link: new HttpLink({ uri: address }),
  cache: new InMemoryCache({
    possibleTypes,
    typePolicies: { Query: { fields: { complaints: relayStylePagination(['where', 'orderBy']) } } },
  }),
});

const LIST = gql`
  query List($after: String) {
    complaints(where: { lights: [RED] }, first: 7, after: $after) {
      edges { cursor node { id trackingId } }
      pageInfo { hasNextPage endCursor }
      totalCount
    }
  }
`;
const list = client.watchQuery({ query: LIST });
const first = await new Promise((resolve, reject) => {
  list.subscribe((result) => {
    if (result.error) reject(result.error);
    else if (!result.loading) resolve(result);
  });
});
const edges = () => client.readQuery({ query: LIST }).complaints.edges;
const seen = [edges().length];
let page = first.data.complaints.pageInfo;
for (let turn = 0; turn < 3 && page.hasNextPage; turn += 1) {
  const more = await list.fetchMore({ variables: { after: page.endCursor } });
  page = more.data.complaints.pageInfo;
  seen.push(edges().length);
}
const joined = edges().map((edge) => edge.node.trackingId);

const NAMES = gql`
  query Names($id: ID!) {
    node(id: $id) { id ... on Sourced { source { quality connector { key } } } ... on Complaint { trackingId } }
  }
`;
const one = first.data.complaints.edges[0].node;
const named = await client.query({ query: NAMES, variables: { id: one.id } });

const FORBIDDEN = gql`
  query Forbidden($id: ID!) {
    complaint(id: $id) { id trackingId reporter { displayName } answers { code } }
  }
`;
const partly = await client.query({
  query: FORBIDDEN,
  variables: { id: one.id },
  errorPolicy: 'all',
});

client.stop();
console.log(
  JSON.stringify({
    seen,
    joined,
    node: named.data.node,
    partly: partly.data.complaint,
    errors: partly.error.errors.map(({ path, extensions }) => ({ path, code: extensions.code })),
  }),
);
