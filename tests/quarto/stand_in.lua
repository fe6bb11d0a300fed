-- Calls the filter for Quarto's nodes as Quarto does: the nodes are those of the trees, `quarto` is there, and a float comes
-- as a table with its parts.
quarto = {}
local floats = { ["1"] = { identifier = "fig-a", order = { order = 1 } }, ["2"] = { identifier = "tbl-b", order = { order = 1 } } }
local filters = dofile(os.getenv("VOORTGANG_FILTER"))

local function with_floats(filter)
  local handle = filter.FloatRefTarget
  local own = filter.Div
  filter.FloatRefTarget = nil
  if not handle then return filter end
  filter.Div = function(div)
    if div.classes:includes("hidden") then return {} end
    local float = floats[div.attributes["__quarto_custom_id"] or ""]
    if not float then return own and own(div) end
    float.content, float.caption_long = div.content[1].content[1], div.content[2].content[1]
    return handle(float)
  end
  return filter
end

for index, filter in ipairs(filters) do filters[index] = with_floats(filter) end
return filters
