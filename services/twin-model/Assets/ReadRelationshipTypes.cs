using TwinModel.Units;

namespace TwinModel.Assets;

/// <summary>Reads the section <c>relationship-types</c> of an asset model.</summary>
static class ReadRelationshipTypes
{
    public static IReadOnlyList<RelationshipType> From(YamlCursor root)
    {
        HashSet<string> ids = [];
        return [.. root.List("relationship-types", required: false).Select(t => Type(t, ids))];
    }

    static RelationshipType Type(YamlCursor at, HashSet<string> ids)
    {
        HashSet<string> named = [], properties = [];
        var type = new RelationshipType(
            ReadAssetModel.Identity(at, "id", ids),
            at.Get("to", required: false) is { } to ? [.. to.Texts(mayBeEmpty: false).Select(id => Model(to, id, named))] : [],
            Most(at, "most"), Most(at, "most-sources"),
            at.Get("acyclic", required: false)?.Flag() ?? false,
            [.. at.List("properties", required: false).Select(p => Property(p, properties))]);
        at.Close();
        return type;
    }

    static string Model(YamlCursor at, string id, HashSet<string> named)
    {
        if (id.Length > 0 && !AssetId.IsKebabCase(id)) at.Complain($"must hold ids of models, or {AssetModel.Kinds}, not '{id}'");
        else if (!named.Add(id)) at.Complain($"holds '{id}' twice");
        return id;
    }

    static int? Most(YamlCursor at, string key) =>
        at.Get(key, required: false) is null ? null : ReadAssetModel.Whole(at, key, 1, int.MaxValue);

    static RelationshipProperty Property(YamlCursor at, HashSet<string> ids)
    {
        var id = ReadAssetModel.Identity(at, "id", ids);
        var isRequired = at.Get("required", required: false)?.Flag() ?? false;
        var isText = at.Get("text", required: false)?.Flag() ?? false;
        Unit? unit = null;
        Interval? range = null;
        if (!isText) (unit, range) = (ReadAssetModel.ReadUnit(at), at.RangeOf("range"));
        at.Close();
        return new(id, unit, range, isRequired);
    }
}
