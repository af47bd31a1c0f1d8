namespace TwinModel.Physics;

/// <summary>A component does not fit its parameters or neighbours; the message says why.</summary>
public sealed class InvalidComponentException(string component, string message, Exception inner) : ArgumentException(message, inner)
{
    /// <summary>Id of the component.</summary>
    public string Component => component;
}
