"""What a network that is checked costs."""

from collections.abc import Collection

from dsconv_cost.budget.networks import InputFault, MeasuredNetwork
from dsconv_cost.budget.selection import PlannedNetwork, Request
from dsconv_cost.costs.parts import PartCosts
from dsconv_cost.errors import DsconvCostError, InputError, UsageError
from dsconv_cost.language.architecture import Architecture
from dsconv_cost.network.build import elaborate
from dsconv_cost.network.idle import idle_fields
from dsconv_cost.sources.settings import choose
from dsconv_cost.text import inert


def measure(request: Request, planned: PlannedNetwork, free: Collection[str] = ()) -> MeasuredNetwork | InputFault:
    """Return what a network costs, or why it makes none. `free` are the operators that the budget file lets be."""
    source, spec = planned.file.source, planned.file.spec
    if spec.imported is not None and (refused := spec.imported.freed - set(free)):
        names = ", ".join(sorted(refused))
        message = f"{inert(planned.name)} is incomplete: {spec.imported.incomplete}; write free: [{inert(names)}] in the budget file"
        return InputFault(source.path, UsageError(message))
    try:
        chosen = choose(spec, planned.variant, {**request.settings, **planned.file.settings})
        network = elaborate(Architecture(spec, source.path, source.bundled, planned.variant, chosen))
    except InputError as error:
        return InputFault(source.path, error)
    except DsconvCostError as error:
        return InputFault(source.path, UsageError(f"{planned.name}: {error}"))
    unused = (*network.unused, *idle_fields(network)) if planned.file.path else ()
    return MeasuredNetwork(planned.name, planned.file.path, PartCosts(network, request.convention), unused)
