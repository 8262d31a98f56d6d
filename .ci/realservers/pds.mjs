// A Bluesky personal data server and the directory of identities it needs, in memory; no AppView, so nothing is indexed or searched.
// Started in the folder that holds node_modules. RATE=1 turns the production rate limits on. Prints one line of JSON when ready.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const { TestNetworkNoAppView } = await import(pathToFileURL(resolve('node_modules/@atproto/dev-env/dist/index.js')));
const network = await TestNetworkNoAppView.create({
  pds: { hostname: 'localhost', rateLimitsEnabled: process.env.RATE === '1' },
});
console.log(JSON.stringify({ ready: true, pds: network.pds.url }));
