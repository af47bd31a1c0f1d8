using TwinModel.Physics.Equations;

namespace TwinModel.Physics;

/// <summary>A parameter of a component type.</summary>
/// <param name="Name">kebab-case.</param>
/// <param name="Quantity">Quantity, which determines the allowed units.</param>
/// <param name="Meaning">Human-readable meaning.</param>
/// <param name="Default">Default in the unit of calculation (SI, temperatures in °C); null: the model must supply it.</param>
/// <param name="IsLayout">True if it determines the layout (cells, masks, ports), which is the same in every member of an ensemble.</param>
public sealed record ParameterType(string Name, string Quantity, string Meaning, double? Default = null, bool IsLayout = false);

/// <summary>What a component must or may be connected to.</summary>
/// <param name="Name">kebab-case.</param>
/// <param name="Accepts">The interface or class that may be connected; <see cref="Signal"/> for an input or an output.</param>
/// <param name="Required">False: may be left unconnected.</param>
public sealed record PortType(string Name, Type Accepts, bool Required = true);

/// <summary>A type of component: what a model file may specify, and a factory.</summary>
/// <param name="Name">kebab-case, the value of <c>type</c>.</param>
/// <param name="Meaning">Human-readable meaning.</param>
/// <param name="Parameters">Its parameters.</param>
/// <param name="Ports">Its connections.</param>
/// <param name="New">Creates a component.</param>
public sealed record ComponentType(
    string Name, string Meaning, IReadOnlyList<ParameterType> Parameters, IReadOnlyList<PortType> Ports, Func<Component> New);

/// <summary>A value that a component takes from an input or from another component's output.</summary>
public sealed record Signal(Node Value);

/// <summary>
/// A physical component. It is built in three rounds over all components, so the order in the file does not matter: <see cref="Declare"/>
/// its states and what others may use, <see cref="Connect"/> to the others, and <see cref="Complete"/> its equations once all have
/// connected.
/// </summary>
public abstract class Component
{
    /// <summary>
    /// Declares states, auxiliaries and geometry, from its own parameters and from ports that are already declared (materials, screws).
    /// </summary>
    public virtual void Declare(Site site)
    {
    }

    /// <summary>Adds flows to and from other components.</summary>
    public virtual void Connect(Site site)
    {
    }

    /// <summary>Sets the rates of its states, its outputs and its energy.</summary>
    public virtual void Complete(Site site)
    {
    }
}

/// <summary>Something with a temperature that can take heat: a field (W per metre of axis) or a lump (W).</summary>
public interface IHeatPort
{
    /// <summary>Temperature, °C.</summary>
    Node Temperature { get; }

    /// <summary>Adds heat, W/m for a field, W for a lump. Negative: heat leaves.</summary>
    void AddHeat(Node heat, string name);
}

/// <summary>All component types.</summary>
public static class ComponentLibrary
{
    static readonly Dictionary<string, ComponentType> Types = new[]
    {
        Ambient.Type, ThermalMass.Type, HeatSource.Type, Heater.Type, Contact.Type, FreeConvection.Type, Radiation.Type,
        Pipe.Type, Pump.Type, Valve.Type,
        Tank.Type, Motor.Type, PiController.Type, Wall.Type,
        EndContact.Type, Convection.Type, Stream.Type, HeaterZone.Type, Polymer.Type, Screw.Type, MeltChannel.Type, Die.Type, Drive.Type,
        EnergyMeter.Type,
    }.ToDictionary(t => t.Name);

    /// <summary>Names of all types.</summary>
    public static IReadOnlyCollection<string> Names => Types.Keys;

    /// <summary>The type with this name, or null.</summary>
    public static ComponentType? Find(string name) => Types.GetValueOrDefault(name);
}
