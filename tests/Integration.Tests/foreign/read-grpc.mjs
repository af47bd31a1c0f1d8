// node read-grpc.mjs host:port protos asset
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';

const [address, protos, assetId] = process.argv.slice(2);
const definition = loader.loadSync('pollux/query/v1/twin.proto', { includeDirs: [protos], keepCase: false, longs: Number, defaults: true });
const { TwinService } = grpc.loadPackageDefinition(definition).pollux.query.v1;
const client = new TwinService(address, grpc.credentials.createInsecure());
client.getTwin({ assetId }, (error, answer) => {
  if (error) throw error;
  console.log(JSON.stringify(answer.twin));
  client.close();
});
