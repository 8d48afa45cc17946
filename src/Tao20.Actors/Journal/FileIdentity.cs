using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace Tao20.Actors.Journal;

/// <summary>Which file a path leads to: one that was removed and made again, or replaced by another, has another identity.</summary>
/// <param name="Device">The number of the device.</param>
/// <param name="Inode">The number of the file on it.</param>
internal readonly record struct FileIdentity(ulong Device, ulong Inode)
{
    // statx(2) of Linux, whose structure is the same on every processor: 256 bytes with the inode and the device at these places.
    private const int StructureLength = 256;
    private const int InodeAt = 32;
    private const int DeviceAt = 136;
    private const int CurrentDirectory = -100;
    private const uint WantsInode = 0x100;

    /// <summary>Whether it can be told here: on Linux.</summary>
    public static bool IsKnown { get; } = OperatingSystem.IsLinux();

    /// <summary>That of a path; null when there is no such file.</summary>
    /// <exception cref="PlatformNotSupportedException">It cannot be told here.</exception>
    public static FileIdentity? Of(string path)
    {
        if (!IsKnown)
            throw new PlatformNotSupportedException("Which file a path leads to can be told on Linux alone.");
        var found = new byte[StructureLength];
        if (statx(CurrentDirectory, Encoding.UTF8.GetBytes($"{path}\0"), 0, WantsInode, found) != 0)
            return null;
        return new FileIdentity(
            BinaryPrimitives.ReadUInt64LittleEndian(found.AsSpan(DeviceAt)),
            BinaryPrimitives.ReadUInt64LittleEndian(found.AsSpan(InodeAt))
        );
    }

    [DllImport("libc")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int statx(int directory, byte[] path, int flags, uint mask, [Out] byte[] found);
}
