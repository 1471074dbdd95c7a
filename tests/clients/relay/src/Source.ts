// Where a record came from: one fragment on the interface that all records of sources share.
import { graphql } from 'react-relay';

export const record = graphql`
  fragment Source_record on Sourced {
    source {
      quality
      asOf
      stale
      connector {
        name
      }
    }
  }
`;
