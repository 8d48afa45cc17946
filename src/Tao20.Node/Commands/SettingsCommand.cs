using System.CommandLine;
using Tao20.Node.Configuration;

namespace Tao20.Node.Commands;

/// <summary><c>tao20 settings</c>: every setting with its meaning, range and default.</summary>
internal static class SettingsCommand
{
    /// <summary>The command.</summary>
    public static Command Create()
    {
        var hocon = new Option<bool>("--hocon") { Description = "As a HOCON file with every setting at its default" };
        var command = new Command("settings", "Print every setting with its meaning, range and default") { hocon };
        command.SetAction(parsed =>
        {
            Console.Out.Write(parsed.GetValue(hocon) ? SettingsReference.Hocon() : SettingsReference.Markdown());
            return ExitCodes.Ok;
        });
        return command;
    }
}
