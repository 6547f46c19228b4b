export const screen = () => ({ title: () => "…", load: async () => {}, view: () => "…" });
