// A real OpenID Connect provider on a free port of the loopback. It prints its address (lines of ours
// begin with >, the others are notices of the library), and takes commands from its input, a line
// each: `rotate` puts a new signing key in the place of the old ones, `both` one before them. It ends
// when its input closes.
import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { Provider } from 'oidc-provider';

const AUDIENCE = 'https://gateway.example.go.id';
const PEOPLE = {
  warga: { name: 'Siti Rahayu', locale: 'id-ID' },
  petugas: { realm_access: { roles: ['petugas-live', 'offline_access'] } },
  staf: { realm_access: { roles: ['staf-opd'] }, opd: ['/opd/perhubungan'] },
};
const ALGORITHM = process.argv[2] ?? 'RS256';

let made = 0;
function signingKey() {
  const { privateKey } =
    ALGORITHM === 'ES256'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 2048 });
  made += 1;
  return { ...privateKey.export({ format: 'jwk' }), kid: `key-${made}`, use: 'sig', alg: ALGORITHM };
}

function provider(issuer, keys) {
  return new Provider(issuer, {
    jwks: { keys },
    cookies: { keys: ['only for the tests'] },
    clients: Object.keys(PEOPLE).map((name) => ({
      client_id: name,
      client_secret: 'only-for-the-tests',
      grant_types: ['client_credentials'],
      redirect_uris: [],
      response_types: [],
      id_token_signed_response_alg: ALGORITHM,
    })),
    enabledJWA: { idTokenSigningAlgValues: [ALGORITHM] },
    extraTokenClaims: (_ctx, token) => PEOPLE[token.clientId],
    features: {
      devInteractions: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        getResourceServerInfo: (_ctx, resource) => ({
          scope: 'read',
          audience: resource,
          accessTokenFormat: 'jwt',
          accessTokenTTL: 600,
          jwt: { sign: { alg: ALGORITHM } },
        }),
      },
    },
  });
}

let keys = [signingKey()];
let answer;
const server = createServer((request, response) => answer(request, response));
server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  answer = provider(issuer, keys).callback();
  console.log(`> ${issuer}`);
  const commands = createInterface({ input: process.stdin });
  commands.on('line', (command) => {
    keys = command === 'both' ? [signingKey(), ...keys] : [signingKey()];
    answer = provider(issuer, keys).callback();
    console.log(`> ${keys[0].kid}`);
  });
  commands.on('close', () => process.exit(0));
});
