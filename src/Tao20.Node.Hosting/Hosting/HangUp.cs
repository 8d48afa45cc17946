using System.Runtime.InteropServices;

namespace Tao20.Node.Hosting;

/// <summary>What SIGHUP does: the settings are read again, and what can be changed while the node runs is. It ends nothing.</summary>
internal static class HangUp
{
    /// <summary>Watches for it.</summary>
    /// <param name="settings">What can be changed.</param>
    public static PosixSignalRegistration Watch(ChangeableSettings settings) =>
        PosixSignalRegistration.Create(
            PosixSignal.SIGHUP,
            signal =>
            {
                signal.Cancel = true;
                settings.Refresh();
            }
        );
}
