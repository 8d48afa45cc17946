using System.Reflection;
using System.Runtime.Loader;

namespace Tao20.Node;

/// <summary>
/// Assemblies that this program was not built with and that a node's configuration names, such as palettes of <c>tao20 inspect</c>: they
/// are found in the program's directory.
/// </summary>
internal static class Extensions
{
    /// <summary>Has them found from now on.</summary>
    public static void FindBesideProgram() => AssemblyLoadContext.Default.Resolving += Resolve;

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
    {
        var file = Path.Combine(AppContext.BaseDirectory, $"{name.Name}.dll");
        return File.Exists(file) ? context.LoadFromAssemblyPath(file) : null;
    }
}
