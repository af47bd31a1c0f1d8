using System.Security.Cryptography;
using System.Text;

namespace Identity.SignIn;

/// <summary>The style of the only page, and its hash, which the content security policy allows.</summary>
static class SignInStyle
{
    public const string Text = """
        :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; }
        body { background: light-dark(#f4f6f8, #11161c); color: light-dark(#1b2733, #e6edf3); }
        main { width: min(22rem, calc(100vw - 2rem)); padding: 2rem; box-sizing: border-box; border-radius: 8px; }
        main { background: light-dark(#fff, #1a222b); border: 1px solid light-dark(#d5dce3, #2c3742); }
        h1 { margin: 0 0 1rem; font-size: 1.5rem; }
        label { display: block; margin: 1rem 0 .25rem; }
        input, button { width: 100%; box-sizing: border-box; font: inherit; border-radius: 4px; }
        input { padding: .6rem; border: 1px solid light-dark(#7a8794, #6b7885); background: transparent; color: inherit; }
        button { margin-top: 1.5rem; padding: .7rem; font-weight: 600; border: 0; cursor: pointer; }
        button { background: light-dark(#0b5cad, #6cb2f5); color: light-dark(#fff, #0b1620); }
        input:focus-visible, button:focus-visible { outline: 3px solid light-dark(#0b5cad, #6cb2f5); outline-offset: 2px; }
        p[role=alert] { margin: 0; padding: .6rem .8rem; border-radius: 4px; }
        p[role=alert] { background: light-dark(#fdecea, #3b1f1f); color: light-dark(#8a1c12, #ffb4ab); }
        """;

    public static readonly string Hash = Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(Text)));
}
