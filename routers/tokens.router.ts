import { pageInputSchema } from "./schemas/common.ts";
import {
  createdTokenSchema,
  createTokenInputSchema,
  revokeTokenAnswerSchema,
  revokeTokenInputSchema,
  tokenPageSchema,
} from "./schemas/token.ts";
import { procedure, router } from "./trpc.ts";

/** Credentials of remote callers. Changes are answered when they are on disk. */
export const tokensRouter = router({
  list: procedure(
    "token.read",
    "GET /api/v4/tokens",
    "Newest first, sessions of browsers among them; never a secret.",
    { reasons: ["invalid_cursor"] },
  )
    .input(pageInputSchema.default({}))
    .output(tokenPageSchema)
    .query(({ ctx: { runtime }, input }) => runtime.tokens.list(input)),

  create: procedure(
    "token.manage",
    "POST /api/v4/tokens",
    "Makes a token that may do at most what its creator may. Its secret is in this answer and nowhere else.",
    {
      reasons: ["invalid_token", "unknown_permission", "token_name_taken", "too_many_tokens"],
      creates: true,
      answersSecret: true,
    },
  )
    .input(createTokenInputSchema)
    .output(createdTokenSchema)
    .mutation(({ ctx: { runtime, principal }, input }) => runtime.tokens.create({ ...input, principal })),

  revoke: procedure(
    "token.manage",
    "POST /api/v4/tokens/{id}/revoke",
    "Ends a token, its sessions and its open connections, from this moment on.",
  )
    .input(revokeTokenInputSchema)
    .output(revokeTokenAnswerSchema)
    .mutation(({ ctx: { runtime, principal }, input: { id, reason } }) =>
      runtime.tokens.revoke(id, { reason, principal }),
    ),
});
