using System.Numerics;

namespace Tao20.Domain.Validation;

/// <summary>A parameter outside its range.</summary>
/// <param name="Key">Its name in the options, e.g. <c>Scoring:Eligibility:DustWei</c>.</param>
/// <param name="Value">The value refused.</param>
/// <param name="Allowed">What is allowed, with its unit.</param>
public sealed record ParameterError(string Key, string Value, string Allowed)
{
    /// <summary>Key, value and remedy in one line.</summary>
    public override string ToString() => $"{Key} = {Value} is out of range: give {Allowed}.";

    /// <summary>The error of a value below <paramref name="least"/> or above <paramref name="most"/>; empty when it is between.</summary>
    internal static IEnumerable<ParameterError> Unless(string key, BigInteger value, BigInteger least, BigInteger most, string unit) =>
        value >= least && value <= most ? [] : [new ParameterError(key, value.ToString(), $"{least} to {most} {unit}")];
}
