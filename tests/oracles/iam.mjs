// Asks @cloud-copilot/iam-simulate about requests on standard input, one JSON text a line; answers 1, 0 or x (it died) a line.
// node tests/oracles/iam.mjs FOLDER, where FOLDER has the package in node_modules.
import { createInterface } from "node:readline";
const modules = `${process.argv[2]}/node_modules/@cloud-copilot/`;
const { authorize } = await import(`${modules}iam-simulate/dist/esm/core_engine/CoreSimulatorEngine.js`);
const { DiscoveryContextKeyConstraints } = await import(`${modules}iam-simulate/dist/esm/context_keys/discoveryContextKeyConstraints.js`);
const { AwsRequestImpl } = await import(`${modules}iam-simulate/dist/esm/request/request.js`);
const { RequestContextImpl } = await import(`${modules}iam-simulate/dist/esm/requestContext.js`);
const { loadPolicy } = await import(`${modules}iam-policy/dist/esm/index.js`);

for await (const line of createInterface({ input: process.stdin })) {
  const asked = JSON.parse(line);
  try {
    const policy = loadPolicy(asked.policy, { name: "policy" });
    const found = authorize({
      request: new AwsRequestImpl(
        asked.principal,
        { resource: asked.resource, accountId: asked.account },
        asked.action,
        new RequestContextImpl(asked.context),
      ),
      identityPolicies: asked.attached === "identity" ? [policy] : [],
      resourcePolicy: asked.attached === "resource" ? policy : undefined,
      serviceControlPolicies: [],
      resourceControlPolicies: [],
      simulationParameters: {
        simulationMode: "Strict",
        discoveryContextKeyConstraints: new DiscoveryContextKeyConstraints([]),
      },
    });
    console.log(found.result === "Allowed" ? "1" : "0");
  } catch (error) {
    console.error(String(error.stack).slice(0, 400));
    console.log("x");
  }
}
