// node publish-sparkplug.mjs mqtt://user:password@host:port node device metric birth-value data-value
import sparkplug from 'sparkplug-client';

const [serverUrl, edgeNode, device, name, birth, data] = process.argv.slice(2);
const { username, password } = new URL(serverUrl);
const client = sparkplug.newClient({
  serverUrl, username, password, groupId: 'pollux', edgeNode, clientId: edgeNode, version: 'spBv1.0',
});
const metric = (value) => ({ timestamp: Date.now(), metrics: [{ name, value: Number(value), type: 'Double' }] });
client.on('birth', () => {
  client.publishNodeBirth({ timestamp: Date.now(), metrics: [] });
  client.publishDeviceBirth(device, metric(birth));
  setTimeout(() => client.publishDeviceData(device, metric(data)), 200);
  // The client publishes with QoS 0 and does not report completion, so the timer below ends the process.
});
setTimeout(() => process.exit(0), 3000);
