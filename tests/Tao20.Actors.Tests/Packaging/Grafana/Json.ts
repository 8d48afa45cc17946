import type { Dashboard } from "@grafana/schema";

// A type as it is in JSON: in place of an enumeration stands the text of one of its members.
type Json<T> = T extends string ? `${T}` : T extends (infer U)[] ? Json<U>[] : T extends object ? { [K in keyof T]: Json<T[K]> } : T;

export type DashboardFile = Json<Dashboard>;
