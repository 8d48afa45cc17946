using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;

namespace Tao20.Chain.Signing;

/// <summary>
/// scrypt (source: RFC 7914). BouncyCastle's refuses r = 1 with n of 65,536 and more, which the keystore format's own example has.
/// </summary>
internal static class Scrypt
{
    private const int WordsPerBlock = 16;

    /// <summary>Derives a key.</summary>
    /// <param name="password">The password.</param>
    /// <param name="salt">The salt.</param>
    /// <param name="n">How often memory is filled and read: a power of 2.</param>
    /// <param name="r">The block size, in 128 bytes; 128 * n * r bytes of memory are used.</param>
    /// <param name="p">How often all of it is done, one after the other.</param>
    /// <param name="length">How many bytes are wanted.</param>
    public static byte[] Derive(byte[] password, byte[] salt, int n, int r, int p, int length)
    {
        var blocks = Rfc2898DeriveBytes.Pbkdf2(password, salt, 1, HashAlgorithmName.SHA256, p * 128 * r);
        for (var i = 0; i < p; i++)
            Mix(blocks.AsSpan(i * 128 * r, 128 * r), n, r);
        return Rfc2898DeriveBytes.Pbkdf2(password, blocks, 1, HashAlgorithmName.SHA256, length);
    }

    /// <summary>scryptROMix.</summary>
    private static void Mix(Span<byte> block, int n, int r)
    {
        var words = 32 * r;
        Span<uint> x = new uint[words];
        Span<uint> y = new uint[words];
        for (var i = 0; i < words; i++)
            x[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);

        // One array a step: the whole may be larger than one array can be.
        var memory = new uint[n][];
        for (var i = 0; i < n; i++)
        {
            memory[i] = x.ToArray();
            BlockMix(x, y, r);
        }

        for (var i = 0; i < n; i++)
        {
            // n is a power of 2: the low bits of the last block are the remainder.
            var chosen = memory[(int)(x[words - WordsPerBlock] & (uint)(n - 1))];
            for (var k = 0; k < words; k++)
                x[k] ^= chosen[k];
            BlockMix(x, y, r);
        }

        for (var i = 0; i < words; i++)
            BinaryPrimitives.WriteUInt32LittleEndian(block[(4 * i)..], x[i]);
    }

    /// <summary>scryptBlockMix: mixes <paramref name="x"/> in place, with <paramref name="y"/> to work in.</summary>
    private static void BlockMix(Span<uint> x, Span<uint> y, int r)
    {
        Span<uint> t = stackalloc uint[WordsPerBlock];
        x[^WordsPerBlock..].CopyTo(t);
        for (var i = 0; i < 2 * r; i++)
        {
            var block = x.Slice(i * WordsPerBlock, WordsPerBlock);
            for (var k = 0; k < WordsPerBlock; k++)
                t[k] ^= block[k];
            Salsa208(t);

            // Even blocks first, then the odd ones.
            t.CopyTo(y[((i / 2 + (i % 2) * r) * WordsPerBlock)..]);
        }

        y.CopyTo(x);
    }

    /// <summary>The Salsa20/8 core.</summary>
    private static void Salsa208(Span<uint> b)
    {
        Span<uint> x = stackalloc uint[WordsPerBlock];
        b.CopyTo(x);
        for (var round = 0; round < 8; round += 2)
        {
            Quarter(x, 0, 4, 8, 12);
            Quarter(x, 5, 9, 13, 1);
            Quarter(x, 10, 14, 2, 6);
            Quarter(x, 15, 3, 7, 11);
            Quarter(x, 0, 1, 2, 3);
            Quarter(x, 5, 6, 7, 4);
            Quarter(x, 10, 11, 8, 9);
            Quarter(x, 15, 12, 13, 14);
        }

        for (var i = 0; i < WordsPerBlock; i++)
            b[i] += x[i];
    }

    private static void Quarter(Span<uint> x, int a, int b, int c, int d)
    {
        x[b] ^= BitOperations.RotateLeft(x[a] + x[d], 7);
        x[c] ^= BitOperations.RotateLeft(x[b] + x[a], 9);
        x[d] ^= BitOperations.RotateLeft(x[c] + x[b], 13);
        x[a] ^= BitOperations.RotateLeft(x[d] + x[c], 18);
    }
}
