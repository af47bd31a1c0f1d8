// node read-scenario.mjs host:port protos scenario
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, protos, scenarioId] = process.argv.slice(2);
const definition = loader.loadSync('pollux/query/v1/scenario.proto', { includeDirs: [protos], keepCase: false, longs: Number, defaults: true });
const { ScenarioService } = grpc.loadPackageDefinition(definition).pollux.query.v1;
const client = new ScenarioService(address, grpc.credentials.createInsecure());
client.getScenarioResult({ scenarioId }, (error, answer) => {
  if (error) throw error;
  console.log(JSON.stringify(answer.result));
  client.close();
});
