using System.CommandLine;
using BenchmarkDotNet.Running;
using Tao20.Benchmarks.Pipeline;

var micro = new Command("micro", "BenchmarkDotNet benchmarks of single steps; further arguments go to it")
{
    TreatUnmatchedTokensAsErrors = false,
};
micro.SetAction(parsed =>
{
    BenchmarkSwitcher.FromAssembly(typeof(PipelineCommands).Assembly).Run(parsed.UnmatchedTokens.ToArray());
    return 0;
});

// The pipeline's benchmarks stand both at the top and under 'pipeline'.
var pipeline = new Command("pipeline", "Benchmarks of the whole way of a trade; one JSON line each");
var root = new RootCommand("Benchmarks of TAO20; run with -c Release") { micro, pipeline };
foreach (var command in PipelineCommands.All())
    root.Add(command);
foreach (var command in PipelineCommands.All())
    pipeline.Add(command);
if (args is not (["micro", ..] or []))
    ResultOutput.Claim();
return await root.Parse(args).InvokeAsync();
