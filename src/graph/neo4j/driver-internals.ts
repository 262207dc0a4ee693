import type { Session } from "neo4j-driver";

/*
 * The one place that looks into the driver. It offers no way to give up a connection that does not answer: closing the
 * session or the transaction asks the server first, and there is no read timeout of one's own. Breaking the socket is
 * what a cut cable does, a case for which the driver is made: it fails every request on that connection and drops it
 * from its pool.
 */

interface Connection {
  readonly _delegate?: Connection;
  readonly _ch?: { readonly _conn?: { destroy?: (error: Error) => void } };
}

interface SessionInternals {
  readonly _writeConnectionHolder?: { readonly getConnection?: () => Promise<Connection | null> };
}

/**
 * Breaks the connection that a session holds, also one that is still being made. Resolves to false when this driver
 * is built differently: then the whole driver must go. A session that holds none any more is left alone.
 */
export async function breakConnection(session: Session): Promise<boolean> {
  const holder = (session as unknown as SessionInternals)._writeConnectionHolder;
  if (typeof holder?.getConnection !== "function") return false;
  let connection: Connection | null | undefined;
  try {
    connection = await holder.getConnection();
  } catch {
    return true; // there never was one
  }
  if (connection === null) return true;
  while (connection?._delegate !== undefined) connection = connection._delegate;
  const socket = connection?._ch?._conn;
  if (typeof socket?.destroy !== "function") return false;
  socket.destroy(new Error("the attempt has ended"));
  return true;
}
