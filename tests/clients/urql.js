// urql with its normalised cache: pages of a list joined, and an answer that is partly forbidden.
// Arguments: address.
import { Client, fetchExchange, gql } from '@urql/core';
import { cacheExchange } from '@urql/exchange-graphcache';
import { relayPagination } from '@urql/exchange-graphcache/extras';
import { getIntrospectionQuery } from 'graphql';

const [address] = process.argv.slice(2);
const asked = await new Client({ url: address, exchanges: [fetchExchange], preferGetMethod: false })
  .query(getIntrospectionQuery(), {})
  .toPromise();

const client = new Client({
  url: address,
  preferGetMethod: 'force',
  exchanges: [
    cacheExchange({
      schema: asked.data,
      keys: { SourceRef: () => null },
      resolvers: { Query: { places: relayPagination() } },
    }),
    fetchExchange,
  ],
});

const LIST = gql`
  query List($after: String) {
    places(first: 9, after: $after) {
      edges { cursor node { id name source { quality } } }
      pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  }
`;
const seen = [];
let after = null;
let places = null;
for (let turn = 0; turn < 3; turn += 1) {
  const page = await client.query(LIST, { after }).toPromise();
  if (page.error) throw page.error;
  places = page.data.places;
  seen.push(places.edges.length);
  after = places.pageInfo.endCursor;
}

const FORBIDDEN = gql`
  query Forbidden {
    complaints(first: 1) { edges { node { id trackingId reporter { displayName } } } }
    departments(first: 1) { edges { node { id name stats { total } } } }
  }
`;
const partly = await client.query(FORBIDDEN, {}).toPromise();

console.log(
  JSON.stringify({
    seen,
    joined: places.edges.map((edge) => edge.node.id),
    partly: partly.data,
    errors: partly.error.graphQLErrors.map(({ path, extensions }) => ({ path, code: extensions.code })),
  }),
);
