// A whole Bluesky network: directory of identities, personal data server, AppView and what that needs. Started in the folder that holds
// node_modules, with DB_POSTGRES_URL (an empty database) and REDIS_HOST. Prints one line of JSON when ready.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { TestNetwork } = await import(pathToFileURL(resolve('node_modules/@atproto/dev-env/dist/index.js')));
const network = await TestNetwork.create({
  dbPostgresSchema: 'earshot', // letters only: a part of it takes no digits
  pds: { hostname: 'localhost', enableDidDocWithSession: true },
});
console.log(JSON.stringify({ ready: true, pds: network.pds.url, appview: network.bsky.url }));
