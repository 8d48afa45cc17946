using System.Numerics;
using Tao20.Domain.Registry;
using Tao20.Domain.Units;

namespace Tao20.Chain.Tests.Registry.Model;

/// <summary>
/// What an account does, to the model and to the contract. Accounts are numbers: the place of their keys on the chain.
/// </summary>
/// <param name="From">Who.</param>
/// <param name="Rao">The TAO that goes with it.</param>
internal abstract record Operation(int From, long Rao = 0)
{
    /// <summary>Does it to the model; the name of the error it is refused with, or null.</summary>
    public abstract string? On(RegistryModel model);

    /// <summary>Its call data.</summary>
    public abstract string Data(RegistryChain chain);

    public sealed record Advance() : Operation(0)
    {
        public override string? On(RegistryModel model) => model.Advance();

        public override string Data(RegistryChain chain) => RegistryChain.AdvanceData;
    }

    public sealed record Bond(int From, long Rao, int Attester = -1) : Operation(From, Rao)
    {
        public override string? On(RegistryModel model) => model.Bond(From, Rao, Attester);

        public override string Data(RegistryChain chain) => RegistryData.Bond(Attester < 0 ? default : chain.Of(Attester));
    }

    public sealed record SetAttester(int From, int Attester) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.SetAttester(From, Attester);

        public override string Data(RegistryChain chain) => RegistryData.SetAttester(chain.Of(Attester));
    }

    public sealed record Unbond(int From, long Amount) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.Unbond(From, Amount);

        public override string Data(RegistryChain chain) => RegistryData.Unbond((BigInteger)Amount * RegistryModel.Tao);
    }

    public sealed record Withdraw(int From) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.Withdraw(From);

        public override string Data(RegistryChain chain) => RegistryData.Withdraw();
    }

    public sealed record Sweep(int From, int Account) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.Sweep(Account);

        public override string Data(RegistryChain chain) => RegistryData.Sweep(chain.Of(Account));
    }

    public sealed record Commit(int From, int Validator, int Epoch, CommitmentModel To) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.Committed(From, Validator, Epoch, To);

        public override string Data(RegistryChain chain) => RegistryData.Commit(chain.Of(Validator), (ulong)Epoch, chain.HashOf(To));
    }

    public sealed record Attest(int From, int Validator, Stated Said, int Key, int Signer) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.Attest(Validator, Said, Key, Signer);

        public override string Data(RegistryChain chain) => chain.Attest(Validator, Said, chain.Keys[Key], chain.Keys[Signer]);
    }

    public sealed record Punish(int From, int Round, int Accused, Stated Settled, Stated Other) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.Punish(Round, Accused, Settled, Other);

        public override string Data(RegistryChain chain) => RegistryData.Punish(Round, chain.Of(Accused), Settled, Other);
    }

    public sealed record MarkDormant(int From, int Validator) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.MarkDormant(Validator);

        public override string Data(RegistryChain chain) => RegistryData.MarkDormant(chain.Of(Validator));
    }

    public sealed record Wake(int From, int Validator) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.Wake(From, Validator);

        public override string Data(RegistryChain chain) => RegistryData.Wake(chain.Of(Validator));
    }

    public sealed record Propose(int From, long Rao, int FromEpoch, string Text) : Operation(From, Rao)
    {
        public override string? On(RegistryModel model) => model.Propose(From, Rao, FromEpoch, Text);

        public override string Data(RegistryChain chain) => RegistryData.Propose((ulong)FromEpoch, Text);
    }

    public sealed record Endorse(int From, int Number, int FromEpoch, string Text) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.Endorse(From, Number, FromEpoch, Text);

        public override string Data(RegistryChain chain) =>
            RegistryData.Endorse(Number, Number == 0 ? Hash256.Zero : RegistryData.KeyOf((ulong)FromEpoch, Text));
    }

    public sealed record Adopt(int From, int Number, string Text) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.Adopt(Number, Text);

        public override string Data(RegistryChain chain) => RegistryData.Adopt(Number, Text);
    }

    public sealed record Lapse(int From, int Number) : Operation(From)
    {
        public override string? On(RegistryModel model) => model.Lapse(Number);

        public override string Data(RegistryChain chain) => RegistryData.Lapse(Number);
    }
}
