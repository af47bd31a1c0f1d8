using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>A parameter that a type of component has.</summary>
/// <param name="Name">kebab-case.</param>
/// <param name="Quantity">Decides which units are allowed.</param>
/// <param name="Meaning">For people.</param>
/// <param name="Default">In the unit of calculation (SI, temperatures in °C); null: the model must give it.</param>
/// <param name="IsLayout">Decides where cells, masks and ports are: the same in every member of an ensemble.</param>
public sealed record ParameterType(string Name, string Quantity, string Meaning, double? Default = null, bool IsLayout = false);

/// <summary>What a component must or may be connected to.</summary>
/// <param name="Name">kebab-case.</param>
/// <param name="Accepts">The interface or class of what may be there; <see cref="Signal"/> for an input or an output.</param>
/// <param name="Required">False: may be left open.</param>
public sealed record PortType(string Name, Type Accepts, bool Required = true);

/// <summary>A type of component: what a model file may say about it, and how one is made.</summary>
/// <param name="Name">kebab-case, the value of <c>type</c>.</param>
/// <param name="Meaning">For people.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Ports">Its connections.</param>
/// <param name="New">Makes one.</param>
public sealed record ComponentType(
    string Name, string Meaning, IReadOnlyList<ParameterType> Parameters, IReadOnlyList<PortType> Ports, Func<Component> New);

/// <summary>A value that a component takes from an input or from another component's output.</summary>
public sealed record Signal(Node Value);

/// <summary>
/// A piece of physics. It is built in three rounds over all components, so that order in the file does not matter: <see cref="Declare"/>
/// its states and what others may use, <see cref="Connect"/> to the others, <see cref="Complete"/> its equations when everybody has
/// connected.
/// </summary>
public abstract class Component
{
    /// <summary>
    /// States, auxiliaries, geometry: from its own parameters and from ports that are already declared (materials, screws).
    /// </summary>
    public virtual void Declare(Site site)
    {
    }

    /// <summary>Flows to and from others.</summary>
    public virtual void Connect(Site site)
    {
    }

    /// <summary>Rates of its states, outputs, energy.</summary>
    public virtual void Complete(Site site)
    {
    }
}

/// <summary>Something that has a temperature and takes heat: a field (W per metre of axis) or a lump (W).</summary>
public interface IHeatPort
{
    /// <summary>°C.</summary>
    Node Temperature { get; }

    /// <summary>Adds heat, W/m for a field, W for a lump. Negative: heat leaves.</summary>
    void AddHeat(Node heat, string name);
}

/// <summary>Every type of component there is.</summary>
public static class ComponentLibrary
{
    static readonly Dictionary<string, ComponentType> Types = new[]
    {
        Ambient.Type, ThermalMass.Type, HeatSource.Type, PiController.Type, Wall.Type, EndContact.Type, Convection.Type, Stream.Type,
        HeaterZone.Type, Polymer.Type, Screw.Type, MeltChannel.Type, Die.Type, Drive.Type, EnergyMeter.Type,
    }.ToDictionary(t => t.Name);

    /// <summary>Names of all types.</summary>
    public static IReadOnlyCollection<string> Names => Types.Keys;

    /// <summary>The type with this name, or null.</summary>
    public static ComponentType? Find(string name) => Types.GetValueOrDefault(name);
}
