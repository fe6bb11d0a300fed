-- Quarto keeps Typst from making a figure of a table that is no float; with it go the caption and the label. A caption needs
-- no label.
if not quarto or not FORMAT:match("typst") then return {} end

return { {
  Table = function(tbl)
    if tbl.identifier == "" and #tbl.caption.long == 0 then return nil end
    tbl.classes = tbl.classes:filter(function(class) return class ~= "typst:no-figure" end)
    return tbl
  end,
} }
