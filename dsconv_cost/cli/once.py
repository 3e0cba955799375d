"""Commands whose options are given once."""

import click


class Command(click.Command):
    """A command that refuses an option given twice: of two limits click would keep the last, and ignore the other in silence."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not ctx.resilient_parsing:
            _, _, order = self.make_parser(ctx).parse_args(args=list(args))
            seen: set[str] = set()
            for parameter in order:
                if isinstance(parameter, click.Option) and not parameter.multiple and not parameter.is_flag:
                    if str(parameter.name) in seen:
                        raise click.UsageError(f"{parameter.opts[0]} is given twice: give it once", ctx)
                    seen.add(str(parameter.name))
        return super().parse_args(ctx, args)
