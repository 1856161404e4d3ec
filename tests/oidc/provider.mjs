// An OpenID provider that is none of ours, for the tests of identity: `oidc-provider` on loopback, told by lines on
// standard input what to do, answering each with a line of JSON.
//
//   login SUBJECT   logs somebody in by the authorization code flow (PKCE), and answers their tokens
//   client          gets an access token by client credentials
//   rotate          signs with fresh keys from now on, and publishes no others
//   down, up        goes away, and comes back at the same address
import { createHash, generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { createInterface } from "node:readline";
import Provider from "oidc-provider";

const CALLBACK = "https://advice.example.test/callback";
let generation = 0;
let current;
let port = 0;
let server;

const issuer = () => `http://127.0.0.1:${port}`;

function key(alg) {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { ...privateKey.export({ format: "jwk" }), alg, use: "sig", kid: `${alg}-${generation}` };
}

function rotate() {
  generation += 1;
  const provider = new Provider(issuer(), {
    jwks: { keys: [key("RS512"), key("PS256")] },
    clients: [{
      client_id: "advice-web",
      client_secret: "secret",
      redirect_uris: [CALLBACK],
      grant_types: ["authorization_code", "client_credentials"],
      response_types: ["code"],
      id_token_signed_response_alg: "RS512",
      require_auth_time: true,
    }],
    cookies: { keys: ["for tests only"] },
    enabledJWA: { idTokenSigningAlgValues: ["RS512", "PS256"] },
    findAccount: (ctx, sub) => ({ accountId: sub, claims: () => ({ sub }) }),
    // RFC 9470 leaves to the provider how an access token says when somebody logged in.
    extraTokenClaims: (ctx) => {
      const code = ctx.oidc.entities.AuthorizationCode;
      return code ? { auth_time: code.authTime } : undefined;
    },
    features: {
      devInteractions: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => "urn:advice",
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: "read",
          audience: "advice-api",
          accessTokenFormat: "jwt",
          accessTokenTTL: 300,
          jwt: { sign: { alg: "PS256" } },
        }),
      },
    },
  });
  current = provider.callback();
}

function up() {
  return new Promise((resolve) => {
    server = createServer((request, response) => current(request, response));
    server.listen(port, "127.0.0.1", () => {
      port = server.address().port;
      resolve();
    });
  });
}

function down() {
  return new Promise((resolve) => {
    server.close(resolve);
    server.closeAllConnections();
  });
}

// A connection that the last absence closed may still be in the pool.
const ask = (url, options) => fetch(url, options).catch(() => fetch(url, options));

async function token(form) {
  const response = await ask(`${issuer()}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from("advice-web:secret").toString("base64")}` },
    body: new URLSearchParams(form),
  });
  const answer = await response.json();
  if (!response.ok) throw new Error(JSON.stringify(answer));
  return answer;
}

// Goes where a browser would go, with its cookies, until the provider sends it back to the client.
async function login(subject) {
  const verifier = randomBytes(32).toString("base64url");
  const question = new URLSearchParams({
    client_id: "advice-web",
    response_type: "code",
    redirect_uri: CALLBACK,
    scope: "openid",
    nonce: randomBytes(8).toString("hex"),
    state: "x",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
  });
  const cookies = new Map();
  let url = `${issuer()}/auth?${question}`;
  let body;
  for (let step = 0; step < 20; step += 1) {
    const response = await ask(url, {
      method: body ? "POST" : "GET",
      redirect: "manual",
      headers: { cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
      body,
    });
    for (const cookie of response.headers.getSetCookie()) {
      const [pair] = cookie.split(";");
      const at = pair.indexOf("=");
      cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    const location = response.headers.get("location");
    if (location?.startsWith(CALLBACK)) {
      const code = new URL(location).searchParams.get("code");
      if (!code) throw new Error(location);
      return token({ grant_type: "authorization_code", code, redirect_uri: CALLBACK, code_verifier: verifier });
    }
    if (location) {
      url = new URL(location, url).href;
      body = undefined;
      continue;
    }
    const page = await response.text();
    const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
    if (!prompt) throw new Error(`${response.status}: ${page}`);
    body = new URLSearchParams({ prompt, login: subject, password: "any" });
  }
  throw new Error("the provider does not send anybody back");
}

const acts = {
  login: ([subject]) => login(subject),
  client: () => token({ grant_type: "client_credentials" }),
  rotate: async () => rotate(),
  down,
  up,
};

await up();
rotate();
const say = (answer) => process.stdout.write(`${JSON.stringify(answer)}\n`);
say({ issuer: issuer() });
for await (const line of createInterface({ input: process.stdin })) {
  const [act, ...words] = line.trim().split(" ");
  try {
    say((await acts[act](words)) ?? {});
  } catch (error) {
    say({ error: String(error?.stack ?? error) });
  }
}
process.exit(0);
