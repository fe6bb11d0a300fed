"""From a workspace to finished reports, alone, in a preview, or many at once. Imports publish and below."""
