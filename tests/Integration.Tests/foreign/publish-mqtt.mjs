// node publish-mqtt.mjs mqtt://user:password@host:port topic payload
import mqtt from 'mqtt';

const [url, topic, payload] = process.argv.slice(2);
const client = await mqtt.connectAsync(url, { protocolVersion: 5 });
await client.publishAsync(topic, payload, { qos: 1 });
await client.endAsync();
