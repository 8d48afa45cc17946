namespace Tao20.Domain.Alerts;

/// <summary>What is watched for going too far. The numbers are in journals for ever.</summary>
public enum AlertKind : byte
{
    /// <summary>The market's price is too far from NAV, on either side.</summary>
    NavAgainstMarket = 0,

    /// <summary>What a validator has stated as NAV is too far from what was settled.</summary>
    NavAgainstValidators = 1,

    /// <summary>A miner's account has too little TAO.</summary>
    TaoLow = 2,

    /// <summary>A miner's account has too many tokens.</summary>
    TokensHigh = 3,

    /// <summary>A miner has lost too much within 24 hours.</summary>
    LossOfDay = 4,
}
