// Search over everything: a page of a union, and the nodes behind some ids.
import { graphql } from 'react-relay';

export const results = graphql`
  fragment Search_results on Query
  @argumentDefinitions(
    q: { type: "String!" }
    types: { type: "[SearchType!]" }
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
  )
  @refetchable(queryName: "SearchPageQuery") {
    search(q: $q, types: $types, first: $count, after: $cursor) @connection(key: "Search_search") {
      totalCount
      edges {
        score
        node {
          __typename
          ... on Place {
            name
            point {
              lat
              lng
            }
          }
          ... on Complaint {
            trackingId
          }
          ... on Stop {
            name
            modes
          }
          ...Source_record @alias(as: "record")
        }
      }
    }
  }
`;

export const screen = graphql`
  query SearchQuery($q: String!, $ids: [ID!]!, $here: GeoPointInput!) {
    ...Search_results @arguments(q: $q, types: [PLACE, STOP, COMPLAINT])
    nodes(ids: $ids) {
      id
      ...Search_place @alias(as: "place")
    }
    home(at: $here, sections: [DEPARTURES, EMERGENCY]) @required(action: NONE) {
      generatedAt
      emergency {
        name
        dial
      }
    }
  }
`;

export const place = graphql`
  fragment Search_place on Place
  @argumentDefinitions(lang: { type: "Locale", defaultValue: "id" })
  @refetchable(queryName: "SearchPlaceQuery") {
    name(lang: $lang)
    nearbyStops(radiusM: 800) {
      id
      name
      lines {
        shortName
        color
      }
    }
  }
`;
