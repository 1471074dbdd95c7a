// Audits the GraphQL endpoint at the address given and prints the results as JSON.
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: process.argv[2] });
const rows = results.map(({ id, name, status, reason }) => ({ id, name, status, reason }));
console.log(JSON.stringify(rows));
