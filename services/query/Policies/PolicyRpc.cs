using Grpc.Core;
using Query.Api;
using Proto = Contracts.Query.V1;

namespace Query.Policies;

sealed class PolicyRpc(ListPolicies list, ChangePolicyEndpoint change, ExplainAccess explain) : Proto.PolicyService.PolicyServiceBase
{
    public override async Task<Proto.ListPoliciesResponse> ListPolicies(Proto.ListPoliciesRequest request, ServerCallContext context) =>
        new() { Policies = { (await list.Run(context.CancellationToken)).Items.Select(Of) } };

    public override async Task<Proto.GetPolicyResponse> GetPolicy(Proto.GetPolicyRequest request, ServerCallContext context) =>
        new() { Policy = Of(await list.Get(request.PolicyId, context.CancellationToken)) };

    public override async Task<Proto.SetPolicyResponse> SetPolicy(Proto.SetPolicyRequest request, ServerCallContext context)
    {
        PolicyToSet asked = new(
            [.. request.Subjects], request.May, [.. request.Assets], Input.Given(request.SetBy), Input.Given(request.Comment));
        var policy = await change.Set(request.PolicyId, asked, context.CancellationToken);
        return new() { IsFinished = policy is not null, Policy = policy is null ? null : Of(policy) };
    }

    public override async Task<Proto.RemovePolicyResponse> RemovePolicy(Proto.RemovePolicyRequest request, ServerCallContext context) =>
        new()
        {
            IsFinished = await change.Remove(
                request.PolicyId, Input.Given(request.RemovedBy), Input.Given(request.Comment), context.CancellationToken),
        };

    public override async Task<Proto.ExplainAccessResponse> ExplainAccess(Proto.ExplainAccessRequest request, ServerCallContext context)
    {
        var e = await explain.Run(
            Input.Given(request.Operation), Input.Given(request.AssetId), Input.Given(request.Name), request.Roles,
            context.CancellationToken);
        return new()
        {
            Operation = e.Operation,
            AssetId = e.Asset ?? "",
            Name = e.Name,
            Roles = { e.Roles },
            Tenant = e.Tenant ?? "",
            IsAllowed = e.IsAllowed,
            Because = e.Because,
            RolesThatMay = { e.RolesThatMay },
            Needs = e.Needs,
            Has = e.Has ?? "",
            Policies = { e.Policies.Select(Of) },
        };
    }

    static Proto.Policy Of(PolicyAnswer p) => new()
    {
        PolicyId = p.Id,
        Subjects = { p.Subjects },
        May = p.May,
        Assets = { p.Assets },
        SetBy = p.SetBy ?? "",
        SetAt = p.SetAt?.ToProto(),
        Comment = p.Comment ?? "",
    };
}
