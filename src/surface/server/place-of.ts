import type { FastifyRequest } from "fastify";

/**
 * Where a request leads, seen from where the server is mounted: the route's own path where there is one, as a path may be
 * written in more than one way.
 */
export const placeOf = ({ routeOptions, url, server }: FastifyRequest): string =>
  (routeOptions.url ?? url).slice(server.prefix.length);
