namespace Tao20.Devnet;

/// <summary>The local chain cannot be set up. The message names what is missing and what to do.</summary>
public sealed class DevnetException(string message, Exception? cause = null) : Exception(message, cause);
