// A list of complaints page by page, and one complaint that fetches itself again by its id.
import { graphql } from 'react-relay';

export const screen = graphql`
  query ComplaintsQuery($where: ComplaintFilter, $lang: Locale) {
    ...Complaints_list @arguments(where: $where, count: 10)
    complaintCategories {
      id
      name(lang: $lang)
    }
  }
`;

export const list = graphql`
  fragment Complaints_list on Query
  @argumentDefinitions(
    where: { type: "ComplaintFilter" }
    count: { type: "Int", defaultValue: 20 }
    cursor: { type: "String" }
  )
  @refetchable(queryName: "ComplaintsPageQuery") {
    complaints(where: $where, first: $count, after: $cursor)
      @connection(key: "Complaints_complaints", filters: ["where"]) {
      totalCount
      edges {
        distanceM
        node {
          id
          ...Complaints_card
        }
      }
      sources {
        state
        code
        connector {
          key
        }
      }
    }
  }
`;

export const card = graphql`
  fragment Complaints_card on Complaint
  @argumentDefinitions(width: { type: "Int", defaultValue: 320 }, steps: { type: "Int", defaultValue: 5 }, step: { type: "String" })
  @refetchable(queryName: "ComplaintsCardQuery") {
    trackingId
    light
    category {
      name
      department {
        name
      }
    }
    media {
      id
      url(width: $width)
    }
    reporter @catch(to: RESULT) {
      displayName
    }
    history(first: $steps, after: $step) @connection(key: "Complaints_history") {
      edges {
        node {
          at
          to
        }
      }
    }
    ...Source_record
  }
`;
