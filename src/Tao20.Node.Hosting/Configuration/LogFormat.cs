namespace Tao20.Node.Configuration;

/// <summary>How an entry of the log is written.</summary>
internal enum LogFormat
{
    /// <summary>For people: <c>time level source: message</c>.</summary>
    Text,

    /// <summary>For collectors: one JSON object with the same fields, and the message's own values as fields of <c>values</c>.</summary>
    Json,
}
