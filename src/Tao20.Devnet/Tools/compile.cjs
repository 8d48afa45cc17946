// Compiles ../Contracts/*.sol with the pinned solc and writes one artifact per contract: {"contractName","abi","bytecode","deployedBytecode",
// "immutables"}.
// OpenZeppelin's contracts are read from the npm package, like solc itself.
// Usage: node compile.cjs CONTRACTS_DIR OUTPUT_DIR [--warnings]   (both packages are found beside this file or in NODE_PATH)
const fs = require('fs');
const path = require('path');
const solc = require('solc');

const [contracts, output, warnings] = process.argv.slice(2);
if (!contracts || !output) {
  console.error('usage: node compile.cjs CONTRACTS_DIR OUTPUT_DIR [--warnings]');
  process.exit(2);
}
const sources = {};
const names = fs.readdirSync(contracts, { recursive: true }).map((name) => name.replaceAll('\\', '/'));
for (const file of names.filter((name) => name.endsWith('.sol')).sort()) {
  sources[file] = { content: fs.readFileSync(path.join(contracts, file), 'utf8').replace(/\r\n/g, '\n') };
}
const input = {
  language: 'Solidity',
  sources,
  settings: {
    optimizer: { enabled: true, runs: 200 },
    viaIR: true,
    evmVersion: 'prague',
    metadata: { bytecodeHash: 'none', appendCBOR: false },
    outputSelection: {
      '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'evm.deployedBytecode.immutableReferences'] },
    },
  },
};
function contents(name) {
  if (!name.startsWith('@openzeppelin/')) return { error: `${name} is not among the contracts` };
  return { contents: fs.readFileSync(require.resolve(name), 'utf8').replace(/\r\n/g, '\n') };
}
const result = JSON.parse(solc.compile(JSON.stringify(input), { import: contents }));
// A warning counts as an error, but for those of OpenZeppelin's own sources, and where --warnings lets them pass.
const isOurs = (error) => !(error.sourceLocation && error.sourceLocation.file.startsWith('@openzeppelin/'));
const errors = (result.errors || []).filter((error) => error.severity === 'error' || (error.severity === 'warning' && isOurs(error) && warnings !== '--warnings'));
for (const error of errors) console.error(error.formattedMessage);
if (errors.length) process.exit(1);
fs.mkdirSync(output, { recursive: true });
for (const [, units] of Object.entries(result.contracts).filter(([file]) => file in sources)) {
  for (const [contractName, unit] of Object.entries(units)) {
    // Interfaces have no code, and libraries, which have at most errors, are part of the contracts that use them.
    if (!unit.evm.bytecode.object || unit.abi.every((entry) => entry.type === 'error')) continue;
    const artifact = {
      contractName,
      abi: unit.abi,
      bytecode: '0x' + unit.evm.bytecode.object,
      deployedBytecode: '0x' + unit.evm.deployedBytecode.object,
      // Where the constructor's values stand in the code, as [first byte, length].
      immutables: Object.values(unit.evm.deployedBytecode.immutableReferences || {})
        .flat()
        .map((place) => [place.start, place.length])
        .sort((one, other) => one[0] - other[0]),
    };
    fs.writeFileSync(path.join(output, contractName + '.json'), JSON.stringify(artifact, null, 1) + '\n');
  }
}
